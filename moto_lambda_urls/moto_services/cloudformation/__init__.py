"""AWS::Lambda resources, transforms and mended faults in moto's CloudFormation."""
