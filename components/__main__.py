"""Serve the components as a Pulumi package for programs in other languages."""

from pulumi.provider.experimental import component_provider_host

from components.account import Account
from components.artifacts import ArtifactStore
from components.backups import Backups
from components.baseline.component import Baseline
from components.costs import CostAnomalies, CostExport
from components.cross_account_role import CrossAccountRole
from components.delivery.deployed_tests import DeployedTests
from components.delivery.images import ImageRepository
from components.delivery.observability import Observability
from components.delivery.pipeline import Pipeline
from components.delivery.review import Review
from components.delivery.secrets import Secret
from components.delivery.service_key import ServiceKey
from components.delivery.source_events import SourceBus, SourceEvents
from components.delivery.suites import SourceTests
from components.delivery.target import DeploymentTarget
from components.delivery.tracing import Tracing
from components.delivery.validation import Validation
from components.delivery.workload import WorkloadPolicy
from components.identity_center import IdentityCenter
from components.monitoring import MonitoringLinks, MonitoringSinks
from components.organization import Organization
from components.oversight import Oversight
from components.provisioning.management_roles import ProvisioningAccess
from components.provisioning.pipelines import ProvisioningPipelines
from components.provisioning.slices import ProvisioningSlices
from components.quotas import QuotaTemplate, ServiceQuotas
from components.security.access_analyzer import OrganizationAnalyzers
from components.security.config import ConfigOrganization
from components.security.delegation import SecurityDelegation
from components.security.detective import DetectiveGraphs, DetectiveMembers
from components.security.findings import Findings
from components.security.firewall_manager import FirewallManager
from components.security.guardduty import Detectors, GuardDutyOrganization
from components.security.inspector import Inspector
from components.security.log_archive import LogArchive
from components.security.macie import Macie, MacieMembers
from components.security.security_hub import SecurityHub, SecurityHubOrganization
from components.security.trail import OrganizationTrail
from components.security.trail_alarms import TrailAlarms
from components.sessions import SessionManager
from components.sharing import ResourceShare

COMPONENTS = [
    Account,
    ArtifactStore,
    Backups,
    Baseline,
    ConfigOrganization,
    CostAnomalies,
    CostExport,
    CrossAccountRole,
    DeployedTests,
    DeploymentTarget,
    DetectiveGraphs,
    DetectiveMembers,
    Detectors,
    Findings,
    FirewallManager,
    GuardDutyOrganization,
    IdentityCenter,
    ImageRepository,
    Inspector,
    LogArchive,
    Macie,
    MacieMembers,
    MonitoringLinks,
    MonitoringSinks,
    Observability,
    Organization,
    OrganizationAnalyzers,
    OrganizationTrail,
    Oversight,
    Pipeline,
    ProvisioningAccess,
    ProvisioningPipelines,
    ProvisioningSlices,
    QuotaTemplate,
    ResourceShare,
    Review,
    Secret,
    SecurityDelegation,
    SecurityHub,
    SecurityHubOrganization,
    ServiceKey,
    ServiceQuotas,
    SessionManager,
    SourceBus,
    SourceEvents,
    SourceTests,
    Tracing,
    TrailAlarms,
    Validation,
    WorkloadPolicy,
]

if __name__ == "__main__":
    component_provider_host(name="landfall", version="0.1.0", components=COMPONENTS)
