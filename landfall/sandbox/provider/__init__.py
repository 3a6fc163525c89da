"""The sandbox's AWS provider: Pulumi's `aws` plugin over a Terraform AWS provider.

    plugin      launch: the plugin process the engine starts; it asks the daemon for a port
                daemon: one for all plugin processes of a sandbox: a servicer and a port for each
                servicer: Pulumi's resource provider protocol; calls what follows
    operations  the operations on resources and functions
    catalog     the types: tokens, sdk, shapes (names), schema (Terraform's side)
    values      values and their storage
    rules       rules of Terraform's core and of the official provider
    terraform   Terraform processes and their configurations
    protocol    Terraform's plugin protocol, generated from `tfplugin5.proto`

Nothing is imported here: a plugin process must start in some 30 ms.
"""
