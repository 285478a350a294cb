"""Runtimes that Lambda no longer takes."""

from __future__ import annotations

READ_ON = "2026-10"
"""When the table below was compared with AWS's."""

REFUSED_SINCE = {
    "nodejs": "2016-10-31",
    "nodejs4.3": "2018-12-15",
    "nodejs4.3-edge": "2018-12-15",
    "dotnetcore2.0": "2019-04-30",
    "nodejs6.10": "2019-04-30",
    "dotnetcore1.0": "2019-06-27",
    "nodejs8.10": "2020-01-06",
    "python2.7": "2021-07-15",
    "nodejs10.x": "2021-07-30",
    "ruby2.5": "2021-07-30",
    "dotnetcore2.1": "2022-01-05",
    "python3.6": "2022-07-18",
    "nodejs12.x": "2023-03-31",
    "dotnetcore3.1": "2023-04-03",
    "nodejs14.x": "2024-01-09",
    "python3.7": "2024-01-09",
    "ruby2.7": "2024-01-09",
    "go1.x": "2024-02-08",
    "java8": "2024-02-08",
    "provided": "2024-02-08",
}
"""Runtimes that cannot be given to a function any more, and since when: the dates of "block function create".

Later dates are left out: what a test sees does not change with the day on which it runs.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated,
https://docs.aws.amazon.com/lambda/latest/dg/runtime-support-policy.html for those before 2020
"""
