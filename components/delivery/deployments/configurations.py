"""The configuration of the actions that deploy to EKS, and of those that run a function or build.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EKS.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
"""

from landfall.blueprint.deployments import DeploymentArgs
from landfall.settings.variables import action_value


def cluster(deployment: DeploymentArgs) -> dict[str, str]:
    """Return the configuration of an EKS action."""
    configuration: dict[str, str] = {"ClusterName": deployment["name"]}
    if helm := deployment.get("helm"):
        configuration |= {"HelmReleaseName": helm["release"], "HelmChartLocation": helm["chart"]}
        if helm["values"]:
            configuration["HelmValuesFiles"] = ",".join(helm["values"])
    if manifests := deployment.get("manifests"):
        configuration["ManifestFiles"] = ",".join(manifests)
    if "namespace" in deployment:
        configuration["Namespace"] = deployment["namespace"]
    if subnets := deployment.get("subnets"):
        configuration["Subnets"] = ",".join(subnets)
    if groups := deployment.get("security_groups"):
        configuration["SecurityGroupIds"] = ",".join(groups)
    return configuration


def function(deployment: DeploymentArgs) -> dict[str, str]:
    """Return the configuration of an action that invokes a Lambda function."""
    configuration = {"FunctionName": deployment["name"]}
    if "user_parameters" in deployment:
        configuration["UserParameters"] = deployment["user_parameters"]
    return configuration


def project(deployment: DeploymentArgs) -> dict[str, str]:
    """Return the configuration of an action that starts a build of the target account."""
    configuration = {"ProjectName": deployment["name"]}
    if variables := deployment.get("variables"):
        configuration["EnvironmentVariables"] = action_value(variables)
    return configuration
