/* What instance metadata tells of the one instance there is (chosen; docs/side-services.md). */
#pragma once

#define SIM_INSTANCE_ID   "i-0123456789abcdef0"
#define SIM_INSTANCE_VPC  "vpc-0123456789abcdef0"
#define SIM_INSTANCE_MAC  "0a:1b:2c:3d:4e:5f"
#define SIM_INSTANCE_ROLE "lattice-simulator"
