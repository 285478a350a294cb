"""What stands behind ``LambdaUrls``: deploying, granting, signing, and the URL that a test holds."""
