"""The config keys of a stack file."""

NAMESPACE = "landfall:"

REGION = "aws:region"
ORGANIZATION = "landfall:organization"
ACCOUNTS = "landfall:accounts"
ACCOUNTS_FOLDER = "landfall:accountsFolder"
ACCESS = "landfall:access"
GUARDRAILS = "landfall:guardrails"
ARTIFACTS = "landfall:artifacts"
DELIVERY = "landfall:delivery"
TAGS = "landfall:tags"
QUOTAS = "landfall:quotas"
