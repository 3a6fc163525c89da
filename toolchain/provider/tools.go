//go:build tools

// Package provider pins the Terraform AWS provider, so that it can be built from its Go module.
package provider

import _ "github.com/hashicorp/terraform-provider-aws"
