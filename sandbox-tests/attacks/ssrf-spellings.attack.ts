// Every way to write an address inside that some parser takes for one.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'no spelling of an address gets a request past a grant that is as wide as can be',
  threat: 'ssrf',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const hosts = ['127.0.0.1', '127.1', '0', '0.0.0.0', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '127.0.0.1.', '127.000.000.001', '%31%32%37.0.0.1',
    '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[0:0:0:0:0:ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[fe80::1]', '[fe80::1%25eth0]', '[fd00:ec2::254]',
    '10.0.0.5', '169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '100.100.100.200', '168.63.129.16', '\uff11\uff12\uff17.0.0.1', '127\u30020\u30020\u30021', '\u2460\u2461\u2466.0.0.1',
    'localhost', 'LOCALHOST.', 'nowhere.example', 'ok.example.com@127.0.0.1', 'ok.example.com:80@10.0.0.5', '127.0.0.1\\@ok.example.com', '127.0.0.1%00.example.com', '127.0.0.1\t', '127.0.0.1#.example.com', '127.0.0.1?.example.com']
  const through: any[] = []
  const codes = new Set()
  for (const host of hosts) for (const prefix of ['http://', 'https://', 'http:', 'http:\\\\', ' HTTP:///', 'http:/', 'ht\ttp://']) {
    try {
      const response = await ctx.http.fetch(prefix + host + '/')
      through.push([prefix + host, response.status])
    } catch (error: any) {
      codes.add(error.code)
    }
  }
  for (const url of ['file:///etc/passwd', 'data:text/plain,x', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'unix:/run/x.sock', 'blob:null/x', 'about:blank', '', '/', '//127.0.0.1/', 'http://', 'http://:80/', 'http://[::1', 'http://127.0.0.1:99999/']) {
    try { through.push([url, (await ctx.http.fetch(url)).status]) } catch (error: any) { codes.add(error.code) }
  }
  return [through, [...codes].sort()]
}`,
    { needs: "{ http: ['*:*', 'http://*:*'] }" },
  ),
  policy: { allow: { http: ['*:*', 'http://*:*'] }, limits: { hostCalls: 1_000, cpu: '5s' } },
  expect: { status: 'ok', value: [[], ['HTTP_ADDRESS_DENIED', 'HTTP_DENIED', 'HTTP_URL_INVALID']] },
} satisfies Attack
