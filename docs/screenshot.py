"""docs/images/page.png: the server's page with a few functions and invocations, in a headless Chromium."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

import requests
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer

PICTURE = Path(__file__).parent / "images" / "page.png"
WIDTH, HEIGHT = 1400, 900
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}")


def orders(event: Any, context: Any) -> Any:
    if event["requestContext"]["http"]["method"] == "POST":
        return {"statusCode": 201, "body": '{"order": 8}'}
    return {"order": int(event["rawPath"].rpartition("/")[2]), "items": ["tea", "scones"]}


def use(urls: LambdaUrls) -> None:
    """Deploy some functions and ask them, with a failure among the answers."""
    shop = urls.deploy(orders, name="orders", cors={"AllowOrigins": ["https://shop.example"]})
    stream = urls.deploy(lambda event, context: iter(["one ", "two"]), name="chat", invoke_mode="RESPONSE_STREAM")
    invoices = urls.deploy(lambda event, context: "paid", name="invoices", auth_type="AWS_IAM")
    for method, url, path in (
        ("GET", stream, "say?word=hello"),
        ("GET", invoices, "2026/11"),
        ("POST", shop, "orders"),
        ("GET", shop, "orders/seven"),
        ("GET", shop, "orders/7"),
    ):
        requests.request(method, f"{url}{path}", auth=url.auth() if url is invoices else None, timeout=10)


def picture(page: str, profile: str) -> bytes:
    """A PNG of ``page`` with an invocation opened."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        browser.get(page)
        WebDriverWait(browser, 20).until(lambda it: "orders/7" in it.find_element(By.TAG_NAME, "body").text)
        browser.find_element(By.XPATH, "//ol[@id='requests']//summary[contains(., '/orders/7')]").click()
        WebDriverWait(browser, 20).until(lambda it: "scones" in it.find_element(By.ID, "requests").text)
        found: bytes = browser.get_screenshot_as_png()
        return found
    finally:
        browser.quit()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    with LambdaUrlsServer() as server, tempfile.TemporaryDirectory() as profile:
        use(server.urls)
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(picture(f"{server.endpoint_url}/_aws/lambda-url/", profile))
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")
