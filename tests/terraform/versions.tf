# The provider that the engine's tests drive in CI, fetched by `make terraform-provider`.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
