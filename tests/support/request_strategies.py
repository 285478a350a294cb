"""Hypothesis strategies for requests and their parts."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from support.builders import make_request

latin1 = st.text(st.characters(max_codepoint=0xFF), max_size=20)
targets = st.text(st.characters(max_codepoint=0xFF) | st.sampled_from("%/?&=+;AaFf09"), max_size=30)
header_names = st.sampled_from(
    ["Cookie", "Content-Type", "X-A", "x-a", "Accept", "Authorization", "Connection", "X-Forwarded-For"]
) | st.from_regex(re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"), fullmatch=True)
header_values = latin1 | st.sampled_from(["text/plain", "application/json", "a=1; b=2"])
any_request = st.builds(
    make_request,
    method=st.sampled_from(["GET", "POST", "PURGE"]) | latin1,
    path=targets.map(lambda path: "/" + path),
    query=targets,
    headers=st.lists(st.tuples(header_names, header_values), max_size=6).map(tuple),
    body=st.binary(max_size=60),
    source_ip=st.ip_addresses().map(str),
)
