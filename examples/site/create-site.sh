#!/bin/sh
# create-site.sh PROFILE [BUCKET]: create a private bucket, and a CloudFront distribution that reads it.
# The last line is the distribution's id. A platform team does it once.
set -eu
profile=${1:?usage: create-site.sh PROFILE [BUCKET]}
bucket=${2:-example-site-dev}
region=${AWS_REGION:-eu-west-1}
aws() { command aws --profile "$profile" --region "$region" --output text "$@"; }

aws s3api create-bucket --bucket "$bucket" \
  --create-bucket-configuration "LocationConstraint=$region" --query Location
aws s3api put-public-access-block --bucket "$bucket" --public-access-block-configuration \
  BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true

control=$(aws cloudfront create-origin-access-control --query OriginAccessControl.Id \
  --origin-access-control-config \
  "Name=$bucket,SigningProtocol=sigv4,SigningBehavior=always,OriginAccessControlOriginType=s3")
config=$(cat <<JSON
{"CallerReference": "$bucket", "Comment": "$bucket", "Enabled": true,
 "DefaultRootObject": "index.html",
 "Origins": {"Quantity": 1, "Items": [{
   "Id": "bucket", "DomainName": "$bucket.s3.$region.amazonaws.com",
   "OriginAccessControlId": "$control", "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
 "DefaultCacheBehavior": {
   "TargetOriginId": "bucket", "ViewerProtocolPolicy": "redirect-to-https", "Compress": true,
   "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}}
JSON
)
created=$(aws cloudfront create-distribution --distribution-config "$config" \
  --query 'Distribution.[ARN, Id]')
arn=$(echo "$created" | cut -f1)
policy=$(cat <<JSON
{"Version": "2012-10-17", "Statement": [{
  "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
  "Action": "s3:GetObject", "Resource": "arn:aws:s3:::$bucket/*",
  "Condition": {"StringEquals": {"AWS:SourceArn": "$arn"}}}]}
JSON
)
aws s3api put-bucket-policy --bucket "$bucket" --policy "$policy"
echo "$created" | cut -f2
