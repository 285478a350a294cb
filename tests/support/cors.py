"""A whole CORS configuration, and the page that it lets in."""

from __future__ import annotations

from moto_lambda_urls.messages.cors import Cors

ORIGIN = "https://app.example"
CORS: Cors = {
    "AllowCredentials": True,
    "AllowHeaders": ["X-Token", "content-type"],
    "AllowMethods": ["GET", "PUT"],
    "AllowOrigins": [ORIGIN, "http://localhost:3000"],
    "ExposeHeaders": ["X-Total", "date"],
    "MaxAge": 600,
}
