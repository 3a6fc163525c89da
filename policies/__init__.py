"""The CrossGuard policy pack: rules over what any Pulumi AWS program asks for."""
