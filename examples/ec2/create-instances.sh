#!/bin/sh
# create-instances.sh PROFILE: create the instances' role and two instances in an account.
# A platform team creates them once, with CodeDeploy's agent in their image.
set -eu
profile=${1:?usage: create-instances.sh PROFILE}
region=${AWS_REGION:-eu-west-1}
aws() { command aws --profile "$profile" --region "$region" "$@"; }

trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
  "Principal": {"Service": "ec2.amazonaws.com"}}]}'
account=$(aws sts get-caller-identity --query Account --output text)
aws iam create-role --role-name fleet --path /service/ --assume-role-policy-document "$trust" \
  --query Role.Arn --output text
# Which bucket and key it may read is said by them: the stack names the role in their policies.
read='{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "*"},
  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]}'
aws iam put-role-policy --role-name fleet --policy-name artifacts --policy-document "$read"
aws iam create-instance-profile --instance-profile-name fleet \
  --query InstanceProfile.Arn --output text
aws iam add-role-to-instance-profile --instance-profile-name fleet --role-name fleet

image=${IMAGE:-$(aws ec2 describe-images --owners amazon --query 'Images[0].ImageId' --output text)}
aws ec2 run-instances --image-id "$image" --count 2 --instance-type t3.micro \
  --iam-instance-profile Name=fleet \
  --tag-specifications 'ResourceType=instance,Tags=[{Key=application,Value=fleet}]' \
  --query 'Instances[].InstanceId' --output text
echo "Created in account $account."
