"""The commands of the provisioning pipelines: detect drift, plan, apply a plan."""
