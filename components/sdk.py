"""Loads the SDK's modules one by one; `components` imports it before anything that uses the SDK."""

from landfall import sdk_modules

sdk_modules.load_singly()
