import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubNetworks } from './hub-networks.js';
import { DnsResolver, NameResolver } from './name-resolver.js';
import { OutboundClient } from './outbound-client.js';
import { OwnEndpoints } from './own-endpoints.js';

@Module({
  imports: [ActivityModule],
  providers: [HubNetworks, OwnEndpoints, OutboundClient, { provide: NameResolver, useClass: DnsResolver }],
  exports: [HubNetworks, OutboundClient],
})
export class OutboundModule {}
