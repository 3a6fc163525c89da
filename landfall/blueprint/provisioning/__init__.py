"""The provisioning roles."""
