#!/bin/sh
# create-service.sh PROFILE: create a load balancer, two target groups, a cluster and the service in an
# account, in its default VPC. The last line is the listener's ARN. A platform team does it once.
set -eu
profile=${1:?usage: create-service.sh PROFILE}
region=${AWS_REGION:-eu-west-1}
aws() { command aws --profile "$profile" --region "$region" --output text "$@"; }

trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
  "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}'
role=$(aws iam create-role --role-name web --path /service/ \
  --assume-role-policy-document "$trust" --query Role.Arn)

vpc=$(aws ec2 describe-vpcs --filters Name=is-default,Values=true --query 'Vpcs[0].VpcId')
subnets=$(aws ec2 describe-subnets --filters "Name=vpc-id,Values=$vpc" --query 'Subnets[].SubnetId')
group=$(aws ec2 describe-security-groups --query 'SecurityGroups[0].GroupId' \
  --filters "Name=vpc-id,Values=$vpc" Name=group-name,Values=default)
# shellcheck disable=SC2086 # one word for each subnet
balancer=$(aws elbv2 create-load-balancer --name web --subnets $subnets \
  --query 'LoadBalancers[0].LoadBalancerArn')
for color in blue green; do
  made=$(aws elbv2 create-target-group --name "web-$color" --protocol HTTP --port 8080 \
    --target-type ip --vpc-id "$vpc" --query 'TargetGroups[0].TargetGroupArn')
  if [ "$color" = blue ]; then blue=$made; fi
done
listener=$(aws elbv2 create-listener --load-balancer-arn "$balancer" --protocol HTTP --port 80 \
  --default-actions "Type=forward,TargetGroupArn=$blue" --query 'Listeners[0].ListenerArn')

aws ecs create-cluster --cluster-name apps --query cluster.clusterArn
aws ecs register-task-definition --family web --network-mode awsvpc --cpu 256 --memory 512 \
  --requires-compatibilities FARGATE --execution-role-arn "$role" --container-definitions \
  '[{"name": "web", "image": "public.ecr.aws/docker/library/python:3.13-slim", "essential": true,
    "command": ["python3", "-m", "http.server", "8080"], "portMappings": [{"containerPort": 8080}]}]' \
  --query taskDefinition.taskDefinitionArn
listed=$(echo $subnets | tr ' ' ',')
network="awsvpcConfiguration={subnets=[$listed],securityGroups=[$group],assignPublicIp=ENABLED}"
aws ecs create-service --cluster apps --service-name web --task-definition web --desired-count 1 \
  --launch-type FARGATE --deployment-controller type=CODE_DEPLOY \
  --load-balancers "targetGroupArn=$blue,containerName=web,containerPort=8080" \
  --network-configuration "$network" \
  --query service.serviceArn
echo "$listener"
