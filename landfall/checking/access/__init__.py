"""Which access a change gives and takes, for the people who review it.

managed     the documents of AWS's own policies, as far as this machine has them
holders     the roles and users of a preview, with all their policies
effect      what one of them holds more than another
rules       single statements of trust, resource and organization policies
changes     two previews compared
section     all of it as a part of a report
"""
