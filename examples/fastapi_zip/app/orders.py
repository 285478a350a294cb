"""An API in FastAPI, which Mangum serves as a Lambda function."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI()
kept: dict[int, str] = {}


class Order(BaseModel):
    """What is ordered, and how many."""

    sku: str
    count: int = 1


@app.post("/orders", status_code=201)
def create(order: Order) -> dict[str, Any]:
    """Keep an order for as long as the process lives."""
    number = len(kept) + 1
    kept[number] = f"{order.count} {order.sku}"
    return {"number": number}


@app.get("/orders/{number}")
def show(number: int) -> dict[str, Any]:
    """One order."""
    if number not in kept:
        raise HTTPException(404, "no such order")
    return {"order": kept[number]}


handler = Mangum(app, lifespan="off")
