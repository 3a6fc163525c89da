"""Faults on demand: a sandbox that throttles, loses answers, expires sessions.

`kinds` says what a fault may be and reads one, `active` has those of a server and meets each
request with them, `aws_errors` has AWS's error for each, and `client` adds, lists and removes them.
"""
