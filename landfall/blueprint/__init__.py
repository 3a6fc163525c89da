"""What a stack consists of, as plain values: settings in, roles, keys, buckets and names out.

Pure: no Pulumi, no AWS client, no I/O. What AWS decides, such as an account's id, is a symbol in
the text (`landfall.blueprint.symbols`). Components call the same builders with their own inputs in
the symbols' places, so both say the same.
"""
