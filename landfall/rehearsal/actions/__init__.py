"""The action types that a rehearsal runs, one module each.

An action type that is missing here ends in the error `NotRehearsed`, never in a success.
"""
