"""The access that a change adds and removes, for reviewers.

managed     the documents of AWS managed policies, if this machine has them
holders     the roles and users of a preview, with all their policies
effect      the access that one identity has and another does not
rules       single statements of trust, resource and organization policies
changes     compares two previews
section     the section of the report
"""
