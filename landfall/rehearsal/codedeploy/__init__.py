"""CodeDeploy in a rehearsal: EC2 instances in place, and ECS services blue by green.

Each deployment is in the sandbox's CodeDeploy, created through its API; here runs what CodeDeploy
does with it, as the deployment group's service role.
"""
