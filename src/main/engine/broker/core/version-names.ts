import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';

export const versionNames: Readonly<Record<ProtocolLevel, MqttVersion>> = { 3: '3.1', 4: '3.1.1', 5: '5' };
