"""A small stack of which a run takes little time: accounts, keys, buckets, and a pipeline.

Accounts, whose creation takes time and cannot be undone, and keys, which have no name of their own;
little beside.
"""

STACK = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    guardrails: [deny-leaving-organization]
    units: {Workloads: {guardrails: [deny-root-user]}}
  landfall:accounts:
    delivery: {email: delivery@example.com, unit: Workloads, purpose: delivery}
    site: {email: site@example.com, unit: Workloads}
  landfall:baseline: {budget: {amount: 100, notify: [site@example.com]}}
  landfall:delivery:
    applications:
      site:
        source: {bucket: example-sources, key: site.zip}
        deploy: {s3: example-site}
        environments: {dev: {account: site}}
        observability: {notify: [site@example.com]}
  landfall:artifacts: {forceDestroy: true}
"""
