"""The packages that the sandbox's catalogues come from, and the section of NOTICE that names them."""

from __future__ import annotations

from pinned import Pin, notice_lines, replaced

LIBCLOUD = Pin(
    "apache-libcloud",
    "0.15.1",
    "cc9b820d13699951ef8cb3da5274ff1c85ec867adb83bf753a6b35936718dc15",
    "2014-07-02",
    "Apache-2.0",
    "NephoScale, Rackspace, Linode, DigitalOcean, SoftLayer: recorded answers and driver tables; EC2: sizes, regions; "
    "prices of 2014-04-10 (NephoScale, EC2, Rackspace)",
)
LIBCLOUD_LINODE = Pin(
    "apache-libcloud",
    "0.16.0",
    "dae34aa9765f80132d5fa05d85d5ca25042c26b7d9f320fbbc8628c4058ca618",
    "2014-11-07",
    "Apache-2.0",
    "Linode: plans with cores and prices",
)
LIBCLOUD_2015 = Pin(
    "apache-libcloud",
    "0.19.0",
    "a32a46de7df6125a7d5d2379108630a6b1a76dfeb5d38fc1a55cfb1f95e94e74",
    "2015-10-22",
    "Apache-2.0",
    "SoftLayer: prices; DigitalOcean: two sizes with prices and the regions that have them",
)
MOTO = Pin(
    "moto",
    "5.2.5",
    "eef62cdcf3bfe73e0863743511ba042dfaba04ba3d5ecdcb896a196c693ad528",
    "2026-10-27",
    "Apache-2.0",
    "EC2: images, vCPUs and local disks, availability zones; which types each zone offers, and which images fit a type",
)
PINS = (LIBCLOUD, LIBCLOUD_LINODE, LIBCLOUD_2015, MOTO)
RECORDED_AMIS = "An answer of EC2, recorded in the public repository gmiu/fg-assignment"
DOCUMENTATION = "Mist client documentation, machines page, 2014"

NOTICE_BEGIN = "--- sandbox catalogues: begin (written by tools/make_sandbox_data.py) ---"
NOTICE_END = "--- sandbox catalogues: end ---"


def notice_section() -> str:
    """The part of NOTICE that names what these files come from."""
    lines = [
        NOTICE_BEGIN,
        "",
        "mist_notebook/sandbox/data/*.json",
        "",
        *notice_lines(PINS),
        "* Mist client documentation, machines page, 2014",
        "  taken: the extras of eight NephoScale images, sizes 219 and 221, locations SJC-1 and RIC-1",
        f"* {RECORDED_AMIS}, February 2024",
        "  taken: id, name, description and owner of two images of us-east-1, one of them Debian's",
        "* The Mist API as documented by its open source server (Apache-2.0)",
        "  taken: the names and features of the providers",
        "",
        "Apache Libcloud: The Apache Software Foundation. moto: its authors. Both under the Apache License 2.0.",
        "",
        NOTICE_END,
    ]
    return "\n".join(lines) + "\n"


def notice(current: str) -> str:
    """NOTICE with our section replaced, or added if there is none; the rest stays."""
    return replaced(current, NOTICE_BEGIN, NOTICE_END, notice_section())
