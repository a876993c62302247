"""Addresses, patterns, robots.txt and sitemaps, without any site."""

import gzip
import time

import pytest

from rapport.knowledge.sources.web import robots, sitemap
from rapport.knowledge.sources.web.addresses import host_of, normal
from rapport.knowledge.sources.web.patterns import matches

HERE = "https://help.example/en/start?x=1"


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/", "/anything", True),
        ("/help", "/helpful", True),
        ("/help/", "/help", False),
        ("/help$", "/help", True),
        ("/help$", "/help/x", False),
        ("/*.php$", "/a/b.php", True),
        ("/*.php$", "/a/b.php?x", False),
        ("/*?print", "/a?print=1", True),
        ("*", "/a", True),
        ("/a*b*c$", "/a1b2b3c", True),
        ("/ab*ab$", "/ab", False),
        ("*a$", "/ba", True),
    ],
)
def test_patterns_say_which_paths_they_mean(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    begun = time.process_time()

    assert not matches("/" + "*a" * 90 + "$", "/" + "a" * 1_000 + "b")

    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("returns", "https://help.example/en/returns"),
        ("/a b?q=x y#part", "https://help.example/a%20b?q=x+y"),
        ("//other.example:443/", "https://other.example/"),
        ("HTTP://Help.Example:80", "http://help.example/"),
        ("../x", "https://help.example/x"),
        ("/p?utm_source=a&id=3&sid=9&gclid=z", "https://help.example/p?id=3"),
        ("/p;jsessionid=AF12?b=", "https://help.example/p?b="),
        ("/p(1)", "https://help.example/p%281%29"),
        ("/\u00fcber", "https://help.example/%C3%BCber"),
        ("/a/b/a/b/a/b/a/b", None),
        ("/" + "x/" * 30, None),
        ("/" + "x" * 2_000, None),
        ("mailto:a@example.com", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://user:pass@help.example/", None),
        ("http://[::1", None),
        ("http://help.example:99999/", None),
        ("http:///x", None),
    ],
)
def test_every_address_has_one_spelling(link: str, address: str | None) -> None:
    assert normal(link, HERE) == address
    if address is not None:
        assert normal(address, address) == address


def test_a_host_has_its_port_only_where_that_is_unusual() -> None:
    assert host_of("http://a.example/x") == host_of("https://A.example:443/") == "a.example"
    assert host_of("http://a.example:8080/") == "a.example:8080"


class TestRobots:
    def test_the_longest_rule_decides_in_doubt_for_us(self) -> None:
        rules = robots.parse(
            "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /c\nAllow: /c\nDisallow:\n"
        )

        assert [rules.allows(path) for path in ("/a/x", "/a/b/x", "/c/x", "/d")] == [
            *(False, True, True, True)
        ]

    def test_who_is_named_need_not_look_at_what_others_are_told(self) -> None:
        rules = robots.parse(
            "\ufeffUser-agent: other\nUser-agent: rapportbot # us\ncrawl-delay: 900\n"
            "Disallow: /x\n\nUser-agent: *\nDisallow: /\nSitemap: https://a.example/s.xml\n"
        )

        assert (rules.allows("/y"), rules.allows("/x")) == (True, False)
        assert (rules.delay_s, list(rules.sitemaps)) == (30.0, ["https://a.example/s.xml"])

    @pytest.mark.parametrize("text", ["", "<html>Not found", "Disallow: /", "crawl-delay: x"])
    def test_what_says_nothing_allows_everything(self, text: str) -> None:
        assert robots.parse(text).allows("/x")


class TestSitemaps:
    def test_entities_are_not_expanded(self) -> None:
        bomb = (
            '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
            "<urlset><url><loc>https://a.example/&b;</loc></url></urlset>"
        )

        assert sitemap.parse(bomb.encode()).pages == ("https://a.example/&b;",)

    def test_addresses_of_pictures_are_passed_by(self) -> None:
        found = sitemap.parse(
            b"<urlset><url><loc>https://a.example/</loc><image:image>"
            b"<image:loc>https://a.example/x.png</image:loc></image:image></url></urlset>"
        )

        assert found.pages == ("https://a.example/",)

    @pytest.mark.parametrize("content", [b"\x1f\x8bnonsense", gzip.compress(b"x" * 11_000_000)])
    def test_what_cannot_be_unpacked_is_refused(self, content: bytes) -> None:
        with pytest.raises(sitemap.SitemapUnreadable):
            sitemap.parse(content)
