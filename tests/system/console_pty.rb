# Runs `outband console` on a terminal of its own and plays a person.
# usage: ruby console_pty.rb CASE OUTBAND ARGUMENT...      prints what happened; ends with 1 when it did not
require 'pty'
require 'io/console'
require 'timeout'

kind, *command = ARGV
LIMIT = 120

def wait_for(io, text, seen)
  Timeout.timeout(LIMIT) do
    seen << io.readpartial(4096) until seen.include?(text)
  end
rescue Timeout::Error, EOFError, Errno::EIO
  abort "'#{text}' was not said; but: #{seen.inspect}"
end

def modes(io)
  `stty -a <#{io.path}`.scan(/-?(?:icanon|echo|isig|opost|ixon)\b/).sort
end

def ended(pid)
  Timeout.timeout(LIMIT) { Process.wait2(pid)[1] }
end

if kind == 'consent'
  # outband kvm --ask-consent: what has no form of a code is asked for again, nothing is sent for it
  out, input, pid = PTY.spawn(*command)
  seen = +''
  wait_for(out, "Code on the PC's screen", seen)
  input.write "12345\n"
  wait_for(out, "it has 6 digits\r\nCode on the PC's screen", seen)
  shown = `#{ENV.fetch('CODE_FROM')}`
  abort "it was sent: #{shown}" unless shown.include?('wrong=0')
  input.write "#{shown[/code=(\d{6})/, 1]}\n"
  wait_for(out, 'VNC viewers reach', seen)
  input.write "\x03"
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus.zero?
  exit
end

master, slave = PTY.open
slave.winsize = kind == 'small' ? [10, 40] : [24, 80]
before = modes(slave)
pid = spawn(*command, in: slave, out: kind == 'pipe' ? (r, w = IO.pipe; w) : slave, err: slave,
            pgroup: true)
w.close if kind == 'pipe'
seen = +''
if kind == 'hurry'
  # a PC that does not answer: Ctrl-C is not the PC's before there is one
  wait_for(master, 'connecting to', seen)
  master.write "typed ahead\x03"
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus == 130
  abort "the terminal is not as it was: #{before} #{modes(slave)}" unless modes(slave) == before
  exit
end
wait_for(master, 'Ctrl-] opens the menu', seen)
abort "the terminal is not raw: #{modes(slave)}" if modes(slave).include?('icanon')

case kind
when 'person'
  master.write "echo via terminal\r"
  wait_for(master, "via terminal\r\nvia terminal\r\n", seen)
  master.write "\x1d"
  wait_for(master, 'f send a file', seen)
  master.write '?'
  wait_for(master, 'menu: . end', seen)
  master.write "\x1dps"
  wait_for(master, 'power status: done; the PC is on', seen)
  master.write "\x1dpf"
  wait_for(master, 'take reset', seen)
  File.write('typed.txt', "echo from a file\r")
  master.write "\x1dftyped.txt\r"
  wait_for(master, "from a file\r\nfrom a file\r\n", seen)
  wait_for(master, 'the file is sent', seen)
  master.write "\x1dl"
  wait_for(master, 'no file for it: --log FILE names one', seen)
  master.write "\x1dfnone.txt\r"
  wait_for(master, 'none.txt', seen)
  seen.clear
  master.write "\x1ds"
  wait_for(master, "via terminal\r\nvia terminal\r\n", seen)
  wait_for(master, '[outband: now]', seen)
  slave.winsize = [30, 100]
  Process.kill('WINCH', pid)
  wait_for(master, 'now 100 x 30', seen)
  master.write "\x1dz"
  wait_for(master, 'stty rows 30 cols 100', seen)
  master.write "\x1db"
  wait_for(master, '[break]', seen)
  master.write "\x1d."
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus.zero?
when 'watcher'
  # who only looks is told the size, and nothing to type
  slave.winsize = [30, 100]
  Process.kill('WINCH', pid)
  wait_for(master, "now 100 x 30]\r\n", seen)
  master.write "\x1d."
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus.zero?
when 'break'
  master.write "\x1db"
  wait_for(master, '[break]', seen)
  master.write "\x1d."
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus.zero?
when 'service'
  # power commands are operations of the service, and nothing stands still meanwhile
  master.write "\x1dps"
  wait_for(master, 'power status: done; the PC is on', seen)
  master.write "\x1dpf"
  wait_for(master, 'take reset', seen)
  abort "not whose session: #{seen.inspect}" unless seen.include?("(SOL session of uid:#{Process.uid} since")
  slave.winsize = [30, 100]
  Process.kill('WINCH', pid)
  wait_for(master, 'now 100 x 30', seen)
  master.write "\x1db"
  wait_for(master, 'break (what', seen)
  master.write "echo last words\r\x1d."
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus.zero?
when 'stopped'
  # a service that stands still (its pid is in the environment) does not hold the terminal
  Process.kill('STOP', ENV.fetch('SERVICE_PID').to_i)
  begin
    master.write "echo lost\r"
    wait_for(master, 'the service does not answer; waiting, Ctrl-] . ends this', seen)
    master.write "\x1d."
    status = ended(pid)
  ensure
    Process.kill('CONT', ENV.fetch('SERVICE_PID').to_i)
  end
  abort "exit status #{status}" unless status.exitstatus.zero?
when 'small'
  abort "no word of the size: #{seen.inspect}" unless seen.include?('this has 40 x 10')
  # stopped, its terminal used by a shell, and continued
  Process.kill('STOP', pid)
  Process.wait2(pid, Process::WUNTRACED)
  system("stty sane <#{slave.path}")
  Process.kill('CONT', pid)
  Timeout.timeout(LIMIT) { sleep 0.05 while modes(slave).include?('icanon') }
  master.write "echo ok\r"
  wait_for(master, "ok\r\nok\r\n", seen)
  master.write "\x1dq"
  abort 'not ended' unless ended(pid).exitstatus.zero?
when 'INT', 'TERM', 'HUP'
  Process.kill(kind, pid)
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus == 128 + Signal.list[kind]
when 'ABRT'
  Process.kill(kind, pid)
  abort 'it lived on' unless ended(pid).signaled?
when 'pipe'
  r.close
  master.write "echo into nothing\r"
  status = ended(pid)
  abort "exit status #{status}" unless status.exitstatus == 1
when 'closed'
  slave.close
  master.close
  abort 'it lived on' unless ended(pid)
  exit
else
  abort "no case #{kind}"
end
abort "the terminal is not as it was: #{before} #{modes(slave)}" unless modes(slave) == before
