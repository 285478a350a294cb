"""AWS::Lambda resources and transforms in moto's CloudFormation, and fixes of its faults."""
