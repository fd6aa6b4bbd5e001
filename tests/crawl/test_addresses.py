from __future__ import annotations

import pytest

from crawler.fetch.addresses import address_kind, host_of, is_public, tidy_url, url_fault

NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.1.2.3",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "not an address", "",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8",
    "93.184.215.14",
    "1.1.1.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
]

HOSTILE = [
    ("http://127.0.0.1/", "address.loopback"),
    ("http://localhost/", "address.loopback"),
    ("http://LOCALHOST./", "address.loopback"),
    ("http://news.localhost/", "address.loopback"),
    ("http://2130706433/", "address.loopback"),
    ("http://0x7f000001/", "address.loopback"),
    ("http://0177.0.0.1/", "address.loopback"),
    ("http://127.1/", "address.loopback"),
    ("http://0x7f.1/", "address.loopback"),
    ("http://0/", "address.unspecified"),
    ("http://0.0.0.0/", "address.unspecified"),
    ("http://[::1]/", "address.loopback"),
    ("http://[::ffff:127.0.0.1]/", "address.loopback"),
    ("http://[::127.0.0.1]/", "address.mapped"),
    ("http://127。0。0。1/", "address.loopback"),
    ("http://①②⑦.0.0.1/", "address.loopback"),
    ("http://１２７.0.0.1/", "address.loopback"),
    ("http://169.254.169.254/latest/meta-data/", "address.link-local"),
    ("http://metadata.google.internal/", "address.local"),
    ("http://[fd00:ec2::254]/", "address.private"),
    ("http://100.100.100.200/", "address.shared"),
    ("http://[fe80::1%25eth0]/", "host"),
    ("http://intranet/", "address.local"),
    ("http://printer.local/", "address.local"),
    ("file:///etc/passwd", "scheme"),
    ("ftp://example.com/", "scheme"),
    ("data:text/html,x", "scheme"),
    ("s3://bucket/key", "scheme"),
    ("gopher://example.com/", "scheme"),
    ("view-source:http://example.com/", "scheme"),
    ("javascript:alert(1)", "scheme"),
    ("//example.com/", "scheme"),
    ("http://example.com:22/", "port"),
    ("http://example.com:6379/", "port"),
    ("http://example.com:8080/", "port"),
    ("http://example.com:99999/", "port"),
    ("http://user:pw@example.com/", "userinfo"),
    ("http://example.com@127.0.0.1/", "userinfo"),
    ("http://good.test\\@evil.test/", "characters"),
    ("http:///example.com", "host"),
    ("http://example.com:80:81/", "host"),
    ("http://a%2f.b/", "host"),
    ("http://exa mple.com/", "characters"),
    ("http://example.com/\r\nHost: evil", "characters"),
    ("http://example.com/\0", "characters"),
    ("http://example.com/\t", "characters"),
    ("http://999.1.1.1/", "host"),
    ("http://1.2.3.4.5/", "host"),
    ("http://-example.com/", "host"),
    ("http://" + "a" * 64 + ".com/", "host"),
    ("http://example..com/", "host"),
    ("http://example.com/" + "a" * 2000, "length"),
    ("http://", "host"),
    ("", "scheme"),
]  # fmt: skip
SOUND = [
    "http://example.com",
    "https://example.com/a?b=c",
    "HTTP://EXAMPLE.com/",
    "https://example.com:443/x",
    "http://example.com:80/",
    "https://xn--fss.example.com/",
    "https://faß.example.de/",
    "https://a_b.example.com/",
    "http://good.test#@evil.test/",
    "https://example.com./",
]


@pytest.mark.parametrize("ip", NOT_PUBLIC)
def test_what_is_not_of_the_public_net(ip: str) -> None:
    assert not is_public(ip)
    assert address_kind(ip)


@pytest.mark.parametrize("ip", PUBLIC)
def test_what_is_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize(("url", "fault"), HOSTILE)
def test_hostile_addresses(url: str, fault: str) -> None:
    assert url_fault(url) == fault


@pytest.mark.parametrize("url", SOUND)
def test_sound_addresses(url: str) -> None:
    assert url_fault(url) is None


def test_links_become_absolute() -> None:
    assert tidy_url("../b?x=1#top", "https://example.com/a/c") == "https://example.com/b?x=1"
    assert tidy_url("http://[", "https://example.com/") is None
    assert tidy_url("a" * 3000, "https://example.com/") is None


def test_hosts() -> None:
    assert host_of("http://WWW.Example.com.:80/a") == "www.example.com"
    assert host_of("http://[") == ""
