import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecosystemOfDistribution } from './distribution-ecosystem.ts';

describe('the OSV ecosystem of a distribution', () => {
  const rows: readonly (readonly [
    id: string,
    versionId: string | null,
    name: string,
    ecosystem: string | null,
  ])[] = [
    ['debian', '12', 'Debian GNU/Linux 12 (bookworm)', 'Debian:12'],
    ['debian', null, 'Debian GNU/Linux forky/sid', 'Debian:14'],
    ['debian', null, 'Debian GNU/Linux', 'Debian'],
    ['ubuntu', '22.04', 'Ubuntu 22.04.3 LTS', 'Ubuntu:22.04:LTS'],
    ['ubuntu', '23.10', 'Ubuntu 23.10', 'Ubuntu:23.10'],
    ['ubuntu', '23.04', 'Ubuntu 23.04', 'Ubuntu:23.04'],
    ['alpine', '3.19.1', 'Alpine Linux v3.19', 'Alpine:v3.19'],
    ['alpine', '3.20_alpha20240329', 'Alpine Linux edge', 'Alpine'],
    ['rhel', '9.3', 'Red Hat Enterprise Linux 9.3', 'Red Hat:enterprise_linux:9'],
    ['rocky', '9.3', 'Rocky Linux 9.3', 'Rocky Linux:9'],
    ['almalinux', '8.9', 'AlmaLinux 8.9', 'AlmaLinux:8'],
    ['opensuse-leap', '15.5', 'openSUSE Leap 15.5', 'openSUSE:Leap 15.5'],
    ['opensuse-tumbleweed', '20240101', 'openSUSE Tumbleweed', 'openSUSE:Tumbleweed'],
    ['sles', '15.5', 'SLES 15-SP5', 'SUSE:Linux Enterprise Server 15 SP5'],
    ['photon', '5.0', 'VMware Photon OS/Linux', 'Photon OS:5.0'],
    ['azurelinux', '3.0', 'Microsoft Azure Linux 3.0', 'Azure Linux:3'],
    ['wolfi', '20230201', 'Wolfi', 'Wolfi'],
    ['openeuler', '24.03', 'openEuler 24.03 (LTS-SP1)', 'openEuler:24.03-LTS-SP1'],
    ['openeuler', '22.03', 'openEuler 22.03 LTS SP3', 'openEuler:22.03-LTS-SP3'],
    ['openeuler', '20.03', 'openEuler 20.03 (LTS)', 'openEuler:20.03-LTS'],
    ['mariner', '2.0.20240101', 'CBL-Mariner/Linux', 'Azure Linux:2'],
    ['mageia', '9', 'Mageia 9', 'Mageia:9'],
    ['photon', null, 'VMware Photon OS/Linux', 'Photon OS'],
    ['opensuse-leap', '16.0', 'openSUSE Leap 16.0', 'openSUSE:Leap 16.0'],
    ['leap-micro', '5.5', 'openSUSE Leap Micro 5.5', 'openSUSE:Leap Micro 5.5'],
    ['opensuse-leap-micro', '5.2', 'openSUSE Leap Micro 5.2', 'openSUSE:Leap Micro 5.2'],
    ['opensuse-microos', '20240101', 'openSUSE MicroOS', 'openSUSE:Tumbleweed'],
    ['sles', '15', 'SUSE Linux Enterprise Server 15', 'SUSE:Linux Enterprise Server 15'],
    ['sles', '15.0', 'SLES', 'SUSE:Linux Enterprise Server 15'],
    ['sles', '16.0', 'SUSE Linux Enterprise Server 16.0', 'SUSE:Linux Enterprise Server 16.0'],
    ['sles', '16.0', 'SLES', 'SUSE:Linux Enterprise Server 16.0'],
    ['sles', null, 'SLES', 'SUSE'],
    [
      'sles_sap',
      '15.5',
      'SUSE Linux Enterprise Server for SAP Applications 15 SP5',
      'SUSE:Linux Enterprise Server for SAP Applications 15 SP5',
    ],
    [
      'sle_hpc',
      '15.5',
      'SUSE Linux Enterprise High Performance Computing 15 SP5',
      'SUSE:Linux Enterprise High Performance Computing 15 SP5',
    ],
    ['sled', '15.6', 'SUSE Linux Enterprise Desktop 15 SP6', 'SUSE:Linux Enterprise Desktop 15 SP6'],
    ['sle-micro', '5.5', 'SUSE Linux Enterprise Micro 5.5', 'SUSE:Linux Enterprise Micro 5.5'],
    ['suse-microos', '5.2', 'sle-micro', 'SUSE:Linux Enterprise Micro 5.2'],
    ['sl-micro', '6.0', 'SUSE Linux Micro 6.0', 'SUSE:Linux Micro 6.0'],
    ['chainguard', '20230214', 'Chainguard', 'Chainguard'],
    ['minimos', '20240101', 'MinimOS', 'MinimOS'],
    ['clnstrt', '1', 'CleanStart', 'CleanStart'],
    ['alpaquita', '23', 'BellSoft Alpaquita Linux 23', 'Alpaquita:23'],
    ['alpaquita', 'stream', 'BellSoft Alpaquita Linux Stream', 'Alpaquita:stream'],
    [
      'bellsoft-hardened-containers',
      '25',
      'BellSoft Hardened Containers 25',
      'BellSoft Hardened Containers:25',
    ],
    ['echo', '1', 'Echo', 'Echo'],
    ['amzn', '2023', 'Amazon Linux 2023', null],
    ['ol', '9.3', 'Oracle Linux Server 9.3', null],
    ['fedora', '40', 'Fedora Linux 40', null],
    ['centos', '9', 'CentOS Stream 9', null],
    ['kali', '2024.1', 'Kali', null],
    ['constructor', '1', 'Object', null],
  ];
  for (const [id, versionId, name, ecosystem] of rows) {
    it(`${name} (${id} ${versionId}) is ${ecosystem}`, () =>
      assert.equal(ecosystemOfDistribution({ id, versionId, name }), ecosystem));
  }
});
