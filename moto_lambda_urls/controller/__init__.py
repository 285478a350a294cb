"""The objects that a test holds, ``LambdaUrls`` and ``FunctionUrl``: deployment, permissions, signatures."""
