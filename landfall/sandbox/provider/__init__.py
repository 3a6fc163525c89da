"""The sandbox's AWS provider: Pulumi's `aws` plugin over a Terraform AWS provider.

    launch      the plugin process the engine starts; asks the daemon for a port
    daemon      one for all plugin processes of a sandbox: a servicer and a port for each
    servicer    Pulumi's resource provider protocol; calls what follows
    resources, reading, functions, plan_only, assumed
                what can be done with resources and functions
    catalog     which types there are: tokens, sdk, shapes (names), schema (Terraform's side)
    convert, values, cty, assets, hidden
                values, and where they are kept
    plan, changes, naming
                rules of Terraform's core and of the official provider
    configuration, pool, terraform
                Terraform processes and their configurations

Nothing is imported here: a plugin process must start in some 30 ms.
"""
