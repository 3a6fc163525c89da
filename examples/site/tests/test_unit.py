"""Unit tests of the check of links: they need nothing but the sources."""

import unittest

import links


class Links(unittest.TestCase):
    def test_link_to_a_file_of_the_site_is_accepted(self):
        pages = {"index.html": '<a href="about.html#us">'}
        self.assertEqual(list(links.broken(pages, {"about.html"})), [])

    def test_link_to_no_file_is_found(self):
        pages = {"index.html": '<img src="logo.png">'}
        self.assertEqual(list(links.broken(pages, {"index.html"})), [("index.html", "logo.png")])

    def test_link_to_another_site_is_not_checked(self):
        self.assertEqual(links.of('<a href="https://example.com">'), [])
