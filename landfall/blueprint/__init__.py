"""What a stack consists of, as plain values: settings in, roles, keys, buckets and names out.

Pure: no Pulumi, no AWS client, no I/O. Values that AWS assigns, such as an account's id, are
symbols in the text (`landfall.blueprint.symbols`). Components call the same builders with their own
inputs as symbols, so both agree.
"""
