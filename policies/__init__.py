"""The CrossGuard policy pack: rules for the resources of any Pulumi AWS program."""
