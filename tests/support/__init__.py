"""What the tests share: builders, clients, scenarios and servers."""
