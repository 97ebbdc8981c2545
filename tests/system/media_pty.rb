# Runs `outband media` on a terminal of its own and presses keys.
# usage: ruby media_pty.rb OUTBAND ARGUMENT...      each line of standard input is 'KEY TEXT' (press, and wait until
# that is said) or '- TEXT'; prints "seen" after each, so that the caller knows. Ends with the command's status, or
# 1 when something was not said or the terminal is not as it was.
require 'pty'
require 'timeout'

LIMIT = 300
master, slave = PTY.open
before = `stty -a <#{slave.path}`
pid = spawn(*ARGV, in: slave, out: slave, err: slave, pgroup: false)
said = Queue.new
# Read all the time: a terminal that nobody reads is full in the end, and the command waits for it.
Thread.new do
  loop { said << master.readpartial(4096) }
rescue EOFError, Errno::EIO
  said.close
end
seen = +''
$stdout.sync = true
STDIN.each_line do |line|
  key, text = line.chomp.split(' ', 2)
  unless key == '-'
    said.clear
    seen.clear
    master.write key
  end
  begin
    Timeout.timeout(LIMIT) { seen << (said.pop || raise(EOFError)) until seen.include?(text) }
  rescue Timeout::Error, EOFError
    Process.kill('KILL', pid)
    abort "'#{text}' was not said; but: #{seen.inspect}"
  end
  puts "seen #{text}"
  seen.slice!(0, seen.index(text) + text.size) # what came with it may be the next that is waited for
end
begin
  status = Timeout.timeout(LIMIT) { Process.wait2(pid)[1] }
rescue Timeout::Error
  Process.kill('KILL', pid)
  abort 'it lived on'
end
abort 'the terminal is not as it was' unless `stty -a <#{slave.path}` == before
exit status.exitstatus || 1
