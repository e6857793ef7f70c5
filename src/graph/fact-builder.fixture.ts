import {
  addressId,
  type AddressData,
  type Fact,
  type InstanceData,
  type NodeData,
  type Slack,
  type SourceData,
  type SubjectData,
  type SubjectKind,
} from '#model';
import { containerData } from '../../test/fakes/container-data.ts';

/** Makes numbered facts of one source, so that a test reads as a list of what was said. */
export class FactBuilder {
  #sequence = 0;
  readonly source: string;

  constructor(source = 'podman') {
    this.source = source;
  }

  assert<K extends SubjectKind>(kind: K, id: string, validFrom: number, data: SubjectData[K]): Fact {
    return { ...this.#base(validFrom), kind: 'assert', subject: { kind, id }, data };
  }

  end(kind: SubjectKind, id: string, validFrom: number, slack?: Slack): Fact {
    return {
      ...this.#base(validFrom),
      kind: 'end',
      subject: { kind, id },
      ...(slack === undefined ? {} : { slack }),
    };
  }

  address(ip: string, holder: string, validFrom: number, more: Partial<AddressData> = {}): Fact {
    const data = addressOf(ip, holder, more);
    return this.assert('address', addressId(data), validFrom, data);
  }

  addressEnd(ip: string, holder: string, at: number, slack?: Slack): Fact {
    return this.end('address', addressId(addressOf(ip, holder)), at, slack);
  }

  instance(id: string, validFrom: number, more: Partial<InstanceData> = {}): Fact {
    return this.assert('instance', id, validFrom, containerData({ name: id, ...more }));
  }

  #base(validFrom: number) {
    const sequence = ++this.#sequence;
    return {
      position: sequence,
      recordedAt: validFrom,
      evidence: 'observed',
      source: { id: this.source, node: 'n', sequence },
      validFrom,
    } as const;
  }
}

export const NETWORK = 'network/n/podman';

function addressOf(ip: string, holder: string, more: Partial<AddressData> = {}): AddressData {
  return {
    scope: NETWORK,
    ip,
    port: null,
    protocol: null,
    holder: { kind: 'instance', id: holder },
    ...more,
  };
}

export const nodeData: NodeData = {
  os: 'Debian 12',
  kernel: '6.1',
  architecture: 'x64',
  bootId: 'b',
  cpus: 2,
  memoryBytes: 1,
};

export const liveSource: SourceData = {
  kind: 'engine',
  state: 'live',
  reason: null,
  description: 'podman',
  lost: 0,
};
