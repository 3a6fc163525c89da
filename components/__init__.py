"""The components: each AWS concern as a Pulumi component, with typed arguments.

`docs/public-names.md` lists the names that other programs may import; all others may change.
"""

import components.sdk  # noqa: F401 - before the first use of the SDK
from components.account import Account, AccountArgs, AccountPolicyArgs, DelegationArgs
from components.artifacts import ArtifactStore, ArtifactStoreArgs
from components.backups import Backups, BackupsArgs
from components.baseline.component import Baseline, BaselineArgs, PasswordPolicyArgs
from components.computing import CodeArtifactArgs, ComputingArgs, NetworkArgs
from components.costs import CostAnomalies, CostAnomaliesArgs, CostExport, CostExportArgs
from components.cross_account_role import (
    CrossAccountRole,
    CrossAccountRoleArgs,
    FederatedPrincipalArgs,
    SamlPrincipalArgs,
)
from components.delivery.building import BuildArgs, PackagesArgs
from components.delivery.buildspecs import CoverageArgs
from components.delivery.chat import ChatArgs, SlackArgs, TeamsArgs
from components.delivery.deployed_tests import DeployedTests, DeployedTestsArgs
from components.delivery.deployments.arguments import (
    DeploymentTargetArgs,
    DestinationArgs,
    HealthArgs,
)
from components.delivery.environments import ApprovalArgs, EnvironmentArgs
from components.delivery.generated_builds import GeneratedArgs, PushArgs
from components.delivery.images import ImageRepository, ImageRepositoryArgs
from components.delivery.observability import Observability, ObservabilityArgs, WatchedPipelineArgs
from components.delivery.pipeline import Pipeline, PipelineArgs
from components.delivery.promotion import PromotedArgs
from components.delivery.review import Review, ReviewArgs
from components.delivery.rollback import EntryArgs, RollbackArgs
from components.delivery.schedules import ScheduleArgs
from components.delivery.secrets import Secret, SecretArgs, SecretReferenceArgs
from components.delivery.service_key import ServiceKey, ServiceKeyArgs
from components.delivery.source import ImageArgs, SourceArgs, TriggerArgs
from components.delivery.source_events import (
    SourceBus,
    SourceBusArgs,
    SourceEvents,
    SourceEventsArgs,
)
from components.delivery.suites import (
    SourceTests,
    SourceTestsArgs,
    StoreArgs,
    SuiteArgs,
    TestProjectArgs,
)
from components.delivery.target import DeploymentTarget
from components.delivery.tracing import Tracing, TracingArgs
from components.delivery.validation import Validation, ValidationArgs
from components.delivery.variables import VariableArgs
from components.delivery.workload import WorkloadPolicy, WorkloadPolicyArgs
from components.identity_center import (
    AssignmentArgs,
    GroupArgs,
    IdentityCenter,
    IdentityCenterArgs,
    PermissionSetArgs,
)
from components.monitoring import (
    MonitoringLinks,
    MonitoringLinksArgs,
    MonitoringSinks,
    MonitoringSinksArgs,
)
from components.organization import (
    Organization,
    OrganizationalUnitArgs,
    OrganizationArgs,
    OrganizationPolicyArgs,
)
from components.oversight import AlternateContactArgs, BudgetArgs, Oversight, OversightArgs
from components.provisioning.management_roles import ProvisioningAccess, ProvisioningAccessArgs
from components.provisioning.pipelines import ProvisioningPipelines, ProvisioningPipelinesArgs
from components.provisioning.slices import (
    ProvisioningSlices,
    ProvisioningSlicesArgs,
    SliceJobArgs,
)
from components.quotas import QuotaArgs, QuotaTemplate, ServiceQuotas, ServiceQuotasArgs
from components.security.access_analyzer import OrganizationAnalyzers, OrganizationAnalyzersArgs
from components.security.config import (
    ConfigOrganization,
    ConfigOrganizationArgs,
    ConformancePackArgs,
)
from components.security.delegation import SecurityDelegation, SecurityDelegationArgs
from components.security.detective import (
    DetectiveGraphs,
    DetectiveGraphsArgs,
    DetectiveMembers,
    DetectiveMembersArgs,
)
from components.security.findings import Findings, FindingsArgs
from components.security.firewall_manager import FirewallManager, FirewallManagerArgs
from components.security.guardduty import (
    Detectors,
    DetectorsArgs,
    FeaturedAccountArgs,
    GuardDutyOrganization,
    GuardDutyOrganizationArgs,
)
from components.security.inspector import Inspector, InspectorArgs, ScannedAccountArgs
from components.security.log_archive import LogArchive, LogArchiveArgs
from components.security.macie import (
    Macie,
    MacieArgs,
    MacieMembers,
    MacieMembersArgs,
    MemberAccountArgs,
)
from components.security.security_hub import (
    DifferingHubArgs,
    SecurityHub,
    SecurityHubArgs,
    SecurityHubOrganization,
    SecurityHubOrganizationArgs,
)
from components.security.trail import OrganizationTrail, OrganizationTrailArgs
from components.security.trail_alarms import TrailAlarmArgs, TrailAlarms, TrailAlarmsArgs
from components.sessions import SessionEndpointsArgs, SessionManager, SessionManagerArgs
from components.sharing import ResourceShare, ResourceShareArgs
from landfall.blueprint.deployments import DeploymentArgs, ShiftArgs
from landfall.blueprint.program_args import HelmArgs, SiteGroupArgs
from landfall.blueprint.stack_sets import StackSetArgs, StackSetTargetsArgs

__all__ = [
    "Account",
    "AccountArgs",
    "AccountPolicyArgs",
    "AlternateContactArgs",
    "ApprovalArgs",
    "ArtifactStore",
    "ArtifactStoreArgs",
    "AssignmentArgs",
    "Backups",
    "BackupsArgs",
    "Baseline",
    "BaselineArgs",
    "BudgetArgs",
    "BuildArgs",
    "ChatArgs",
    "CodeArtifactArgs",
    "ComputingArgs",
    "ConfigOrganization",
    "ConfigOrganizationArgs",
    "ConformancePackArgs",
    "CostAnomalies",
    "CostAnomaliesArgs",
    "CostExport",
    "CostExportArgs",
    "CoverageArgs",
    "CrossAccountRole",
    "CrossAccountRoleArgs",
    "DelegationArgs",
    "DeployedTests",
    "DeployedTestsArgs",
    "DeploymentArgs",
    "DeploymentTarget",
    "DeploymentTargetArgs",
    "DestinationArgs",
    "DetectiveGraphs",
    "DetectiveGraphsArgs",
    "DetectiveMembers",
    "DetectiveMembersArgs",
    "Detectors",
    "DetectorsArgs",
    "DifferingHubArgs",
    "EntryArgs",
    "EnvironmentArgs",
    "FeaturedAccountArgs",
    "FederatedPrincipalArgs",
    "Findings",
    "FindingsArgs",
    "FirewallManager",
    "FirewallManagerArgs",
    "GeneratedArgs",
    "GroupArgs",
    "GuardDutyOrganization",
    "GuardDutyOrganizationArgs",
    "HealthArgs",
    "HelmArgs",
    "IdentityCenter",
    "IdentityCenterArgs",
    "ImageArgs",
    "ImageRepository",
    "ImageRepositoryArgs",
    "Inspector",
    "InspectorArgs",
    "LogArchive",
    "LogArchiveArgs",
    "Macie",
    "MacieArgs",
    "MacieMembers",
    "MacieMembersArgs",
    "MemberAccountArgs",
    "MonitoringLinks",
    "MonitoringLinksArgs",
    "MonitoringSinks",
    "MonitoringSinksArgs",
    "NetworkArgs",
    "Observability",
    "ObservabilityArgs",
    "Organization",
    "OrganizationAnalyzers",
    "OrganizationAnalyzersArgs",
    "OrganizationArgs",
    "OrganizationPolicyArgs",
    "OrganizationTrail",
    "OrganizationTrailArgs",
    "OrganizationalUnitArgs",
    "Oversight",
    "OversightArgs",
    "PackagesArgs",
    "PasswordPolicyArgs",
    "PermissionSetArgs",
    "Pipeline",
    "PipelineArgs",
    "PromotedArgs",
    "ProvisioningAccess",
    "ProvisioningAccessArgs",
    "ProvisioningPipelines",
    "ProvisioningPipelinesArgs",
    "ProvisioningSlices",
    "ProvisioningSlicesArgs",
    "PushArgs",
    "QuotaArgs",
    "QuotaTemplate",
    "ResourceShare",
    "ResourceShareArgs",
    "Review",
    "ReviewArgs",
    "RollbackArgs",
    "SamlPrincipalArgs",
    "ScannedAccountArgs",
    "ScheduleArgs",
    "Secret",
    "SecretArgs",
    "SecretReferenceArgs",
    "SecurityDelegation",
    "SecurityDelegationArgs",
    "SecurityHub",
    "SecurityHubArgs",
    "SecurityHubOrganization",
    "SecurityHubOrganizationArgs",
    "ServiceKey",
    "ServiceKeyArgs",
    "ServiceQuotas",
    "ServiceQuotasArgs",
    "SessionEndpointsArgs",
    "SessionManager",
    "SessionManagerArgs",
    "ShiftArgs",
    "SiteGroupArgs",
    "SlackArgs",
    "SliceJobArgs",
    "SourceArgs",
    "SourceBus",
    "SourceBusArgs",
    "SourceEvents",
    "SourceEventsArgs",
    "SourceTests",
    "SourceTestsArgs",
    "StackSetArgs",
    "StackSetTargetsArgs",
    "StoreArgs",
    "SuiteArgs",
    "TeamsArgs",
    "TestProjectArgs",
    "Tracing",
    "TracingArgs",
    "TrailAlarmArgs",
    "TrailAlarms",
    "TrailAlarmsArgs",
    "TriggerArgs",
    "Validation",
    "ValidationArgs",
    "VariableArgs",
    "WatchedPipelineArgs",
    "WorkloadPolicy",
    "WorkloadPolicyArgs",
]
