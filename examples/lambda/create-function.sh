#!/bin/sh
# create-function.sh PROFILE: create the function, its role and its alias `live` in an account.
# A pipeline deploys to a function that exists: a platform team creates it once, with its own code.
set -eu
profile=${1:?usage: create-function.sh PROFILE}
region=${AWS_REGION:-eu-west-1}
aws() { command aws --profile "$profile" "$@"; }
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

cat > "$folder/handler.py" <<'PYTHON'
def handle(event, context):
    return {"message": "not deployed yet", "release": 0}
PYTHON
(cd "$folder" && python3 -m zipfile -c code.zip handler.py)

trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
  "Principal": {"Service": "lambda.amazonaws.com"}}]}'
logs='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
  "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
  "Resource": "arn:aws:logs:*:*:log-group:/aws/lambda/greeter*"}]}'
role=$(aws iam create-role --role-name greeter --path /service/ \
  --assume-role-policy-document "$trust" --query Role.Arn --output text)
aws iam put-role-policy --role-name greeter --policy-name logs --policy-document "$logs"

aws lambda create-function --region "$region" --function-name greeter --runtime python3.13 \
  --role "$role" --handler handler.handle --timeout 10 --zip-file "fileb://$folder/code.zip" \
  --query FunctionArn --output text
aws lambda wait function-active-v2 --region "$region" --function-name greeter
version=$(aws lambda publish-version --region "$region" --function-name greeter \
  --query Version --output text)
aws lambda create-alias --region "$region" --function-name greeter --name live \
  --function-version "$version" --query AliasArn --output text
