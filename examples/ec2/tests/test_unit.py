"""Unit tests of the greeting."""

import unittest

from app import greeting


class Greeting(unittest.TestCase):
    def test_name_is_greeted(self):
        self.assertEqual(greeting.of("Ada"), "Hello, Ada!")

    def test_empty_name_is_refused(self):
        with self.assertRaises(ValueError):
            greeting.of(" ")
