"""Unit tests: they need nothing but the sources."""

import unittest

import greeting


class Greeting(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(greeting.of("Ada"), "Hello, Ada!")

    def test_refuses_an_empty_name(self):
        with self.assertRaises(ValueError):
            greeting.of(" ")


if __name__ == "__main__":
    unittest.main()
