puts 'Mill report'
