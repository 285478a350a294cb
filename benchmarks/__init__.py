"""What function URLs cost, each figure beside the floor that a user knows."""
