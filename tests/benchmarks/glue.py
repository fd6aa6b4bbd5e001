"""What one would put together in an afternoon: trafilatura's texts, MinHash, and any CGTN address in a cluster."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.benchmarks.corpora import CLEAN

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "trafilatura + MinHash"
NEEDS = ("datasketch", "datasketch")
COLUMNS = (*CLEAN, "key_accuracy", "cluster_ari", "missed", "false")
THRESHOLD = 0.5
PERMUTATIONS = 128
WORDS = 4
ORIGIN = re.compile(r"https?://news(?:us|eu|af)?\.cgtn\.com/news/[\w./-]+\.html")


def glue(texts: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """A row for each address: its text, its cluster, and the origin that the cluster names most often."""
    clusters = near({url: text for url, text in texts.items() if text})
    named: dict[str, Counter[str]] = {}
    for url, cluster in clusters.items():
        named.setdefault(cluster, Counter()).update(ORIGIN.findall(texts[url] or ""))
    release = {cluster: max(sorted(found), key=found.__getitem__) for cluster, found in named.items() if found}
    return [
        {"url": url, "text": text, "cluster": clusters.get(url), "release": release.get(clusters.get(url, ""))}
        for url, text in texts.items()
    ]


def near(texts: Mapping[str, str]) -> dict[str, str]:
    """The cluster of each address: what MinHash LSH finds near each other, and what is near that."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    cluster: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for url, text in texts.items():
        words = re.findall(r"\w+", text.lower())
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch(
            [" ".join(words[at : at + WORDS]).encode() for at in range(max(1, len(words) - WORDS + 1))]
        )
        together = [url]
        for name in sorted({cluster[other] for other in index.query(signature)}):
            together += members.pop(name)
        members[url] = together
        cluster |= dict.fromkeys(together, url)
        index.insert(url, signature)
    return cluster
