#!/bin/sh
# Write an AWS profile for each account of a sandbox, by its name; the shell is that of landfall env.
set -eu
# The CLI caches sessions by their name, and those of an earlier sandbox are not valid in this one.
session="sandbox-$(date +%s)"
role=OrganizationAccountAccessRole
aws organizations list-accounts --query 'Accounts[].[Name, Id]' --output text |
  while read -r name id; do
    aws configure set "profile.$name.region" "${AWS_REGION:-eu-west-1}"
    aws configure set "profile.$name.source_profile" default
    aws configure set "profile.$name.role_arn" "arn:aws:iam::$id:role/$role"
    aws configure set "profile.$name.role_session_name" "$session"
  done
