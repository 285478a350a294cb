"""AWS::Lambda resources in moto's CloudFormation."""
